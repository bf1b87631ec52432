"""The project package of the example shop: settings, urls, what all its apps share."""
