"""`python -m promesa` is the `promesa` command."""

from promesa.cli.main import main

if __name__ == "__main__":
    main()
