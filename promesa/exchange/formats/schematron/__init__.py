"""Published rules run as they are: a schematron made into a stylesheet (`compiling`), and a stylesheet run safely (`running`).

No rules are kept here: whoever has them gives them. Our own checks of EN 16931 and Peppol (`en16931`) need none of this.
"""
