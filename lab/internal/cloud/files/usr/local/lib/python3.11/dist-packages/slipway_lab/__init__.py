"""The few pieces of the lab's cloud that are not OpenStack's own."""
