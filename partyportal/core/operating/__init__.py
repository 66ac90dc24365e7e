"""Running the portal: what `doctor`, `backup`, `restore` and `rotate_keys` do. The floor: it knows no app, models say what they hold."""
