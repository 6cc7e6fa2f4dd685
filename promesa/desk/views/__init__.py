"""Pages, a module an area; each module lists its own addresses in `urlpatterns`."""
