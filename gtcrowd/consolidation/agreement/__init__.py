"""How far workers agree beyond chance, before anybody says who is right."""
