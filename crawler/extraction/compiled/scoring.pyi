from crawler.extraction.compiled.trees import Trees
from crawler.extraction.traits import Measures

def probabilities(measures: Measures, model: Trees) -> list[float]: ...
