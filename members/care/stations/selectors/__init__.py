"""What the pages of 服务阵地 ask."""
