"""Many clients or contacts in one request, each as if it were sent alone."""
