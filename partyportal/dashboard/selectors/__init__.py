"""What the roof's pages show, by page: read from the apps' rows and projections, never counted twice."""
