// Package checkpoint keeps checkpoints of a training run in a folder, so that no
// interruption can leave a run without one.
//
// A checkpoint is a folder of files:
//
//	run/checkpoints/checkpoint-000017/weights.safetensors
//	                                  state.json
//	                                  manifest.json
//
// [Store.Save] writes the files to a temporary folder beside it, puts them on
// the disk, then a manifest with the length and the SHA-256 of each, and gives
// the folder its name when all of that is done. To give a name is a single step
// of the file system: a process that is killed, or a computer that loses its
// power, leaves the checkpoints before and perhaps a temporary folder, which the
// next Save removes.
//
// [Store.Newest] returns the newest checkpoint whose files are as the manifest
// says, and an error for each newer one that is damaged, which names the file.
package checkpoint
