"""What `make bench` runs: speeds as ratios, measured side by side in one run."""
