"""WACZ 1.1.1, a web archive in one ZIP file: written from collections, and read from anyone.

https://specs.webrecorder.net/wacz/1.1.1/
"""
