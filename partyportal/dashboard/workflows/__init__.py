"""Acts that move rows of several apps in one transaction."""
