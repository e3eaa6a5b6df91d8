// Package npy reads and writes the files of NumPy: .npy, one array, and .npz, a zip
// file of named arrays.
//
// # The format
//
// A .npy file has these parts and nothing else:
//
//	6 bytes    \x93NUMPY
//	2 bytes    the version: 1.0, 2.0 or 3.0
//	2 bytes    the length of the header, little-endian; 4 bytes from version 2.0 on
//	…          the header: a dictionary as Python writes it, padded with spaces
//	the rest   the elements
//
// The dictionary says the element type, whether the first axis or the last one
// varies fastest in the file, and the length of each axis:
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
//
// In a type, < and > say little-endian and big-endian, the letter is b (bool),
// i (signed), u (unsigned) or f (float), and the digit counts bytes. The format is
// described at https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
//
// A .npz file is a zip file whose members are .npy files. The name of an array is
// that of its member without .npy.
//
// # What is read
//
// Read are bool, the integers of 1 to 8 bytes and the floats of 2, 4 and 8 bytes, in
// either byte order and either order of axes. An [Array] keeps this type. Most
// programs want a tensor or labels, and ask for them:
//
//	a, err := npy.ReadFile("x.npy")
//	x, err := a.Tensor()   // float32 or float64
//	labels, err := b.Ints()
//
// Refused, by a sentence that says so, are records, text, dates, complex numbers and
// Python objects. An object array is a pickle, a program in the guise of a file:
// loading it runs whatever the author wanted. Nothing here ever loads one.
//
// # Trust
//
// A file may come from anywhere. The header is read by a parser that knows this one
// dictionary and evaluates nothing. Memory grows with the bytes that arrive, not with
// the shape in the header, and reading a file takes at most twice its bytes. What is
// compressed can be a bomb, a thousand times larger than its file: the compressed
// arrays of a .npz file together may not become more than [MaxInflated] bytes.
//
// # What is written
//
// [Write] gives the bytes that np.save gives for the same array, [WriteZip] a zip file
// like that of np.savez, in which nothing is compressed. Both depend on nothing but
// the arrays.
package npy
