"""How the house is put together: settings, addresses, wiring, and the server it runs on."""
