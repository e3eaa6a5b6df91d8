package images

import "github.com/descent-ml/descent/data"

// Recipes returns what [data.Download] needs to fetch the classic sets of
// pictures: "mnist" and "fashion-mnist", which [MNIST] reads, and "cifar10",
// which [CIFAR10] reads. The hashes are those in TensorFlow Datasets
// (url_checksums), and the first mirrors those of torchvision.datasets.
func Recipes() []data.Recipe {
	mnist := mirrored{
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
	}
	fashion := mirrored{
		"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
		"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
	}
	cifar := mirrored{
		"https://www.cs.toronto.edu/~kriz/",
		"https://cave.cs.toronto.edu/kriz/",
		"https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
	}
	return []data.Recipe{
		{Name: "mnist", Files: []data.RemoteFile{
			mnist.file("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
			mnist.file("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
			mnist.file("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
			mnist.file("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
		}},
		{Name: "fashion-mnist", Files: []data.RemoteFile{
			fashion.file("train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
			fashion.file("train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
			fashion.file("t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
			fashion.file("t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
		}},
		{Name: "cifar10", Files: []data.RemoteFile{
			cifar.file(cifarArchive, 170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),
		}},
	}
}

// A mirrored is the folders on servers that hold the same files.
type mirrored []string

func (m mirrored) file(name string, size int64, sum string) data.RemoteFile {
	f := data.RemoteFile{Name: name, Size: size, SHA256: sum}
	for _, folder := range m {
		f.URLs = append(f.URLs, folder+name)
	}
	return f
}
