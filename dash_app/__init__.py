"""JSON -> screen: the page that shows a `DashboardState`. It judges nothing."""
