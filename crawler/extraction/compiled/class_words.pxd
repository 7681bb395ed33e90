cdef long long class_signs(str names) except? -1
