"""What another program told, compared with it day by day and put right."""
