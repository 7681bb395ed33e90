"""What tests in several folders stand on: commands in processes of their own, a scripted newspaper, WARC records."""
