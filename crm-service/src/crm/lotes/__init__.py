"""Many clients, contacts, activities or opportunities in one request, each as if it were sent alone."""
