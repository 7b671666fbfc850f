"""E-mails that somebody logs, each as the file that their mail program saves."""
