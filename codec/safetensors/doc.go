// Package safetensors reads and writes safetensors files: named tensors on
// disk, the format in which PyTorch models are usually published.
//
// # The format
//
// A file has three parts and nothing else:
//
//	8 bytes   the length n of the header, an unsigned little-endian integer
//	n bytes   the header: one JSON object, padded with spaces
//	the rest  the data: the elements of every tensor, little-endian, row-major
//
// The header has a member for each tensor, which says where its elements lie
// in the data, counted from the end of the header. One more member, which may
// be missing, holds strings for people and programs:
//
//	{"__metadata__": {"format": "pt"},
//	 "fc1.bias":   {"dtype": "F32", "shape": [2],    "data_offsets": [0, 8]},
//	 "fc1.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [8, 32]}}
//
// This is the whole format. There is no code to run, as in a pickle, and no index
// to search for, as in a zip archive.
//
// # Trust
//
// A file may come from anywhere, so [Read] checks everything:
//
//   - The tensors cover the data exactly, without overlap and without holes, so
//     that nothing can be hidden between them.
//   - The shape, element type and length of each tensor agree.
//   - No name occurs twice.
//   - The file ends where the data end.
//
// Read allocates memory in proportion to the bytes that really arrived, not to the
// numbers in the header, and reads no more than 100 000 tensors. Every fault is an
// error that says what is wrong and where. No input makes Read panic.
//
// # Element types
//
// A tensor of descent holds float32 or float64. These are read as they are;
// the others become the smallest of the two that holds every value:
//
//	F32        float32
//	F64        float64
//	F16, BF16  float32
//	I32        float64
//	I64        float64, an error if an element has no exact float64 value
//
// I64 is here because a batch-norm layer of PyTorch counts its batches in an int64.
// Any other element type is an error that names the tensor. Files are written
// with F32 and F64 only.
//
// # What is written
//
// The bytes depend on nothing but the [File]: metadata first, sorted by key,
// then the tensors in the order given, in the header as in the data. The
// header is padded so that the data begins at a multiple of eight bytes, and
// so every tensor lies aligned in memory if float64 ones are given first.
// [WriteFile] replaces a file completely or not at all.
package safetensors
