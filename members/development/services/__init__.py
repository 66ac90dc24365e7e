"""Every write of 发展党员."""
