"""The rules of EN 16931 and of Peppol BIS Billing 3 as checks of our own: `check.faults_of(root)` names what is broken."""
