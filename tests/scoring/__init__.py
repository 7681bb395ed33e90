"""How right the extraction is: measures over corpora of pages whose articles are known, and floors under them."""
