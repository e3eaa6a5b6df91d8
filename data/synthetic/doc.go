// Package synthetic makes small data sets by formula: points in the plane for a
// classifier to separate, numbers for a regression, waves for a network with a
// memory. They need no download, and what is to be learnt of them is known,
// which makes them a good first test of a model.
//
//	[Blobs]    clouds of points                 a linear classifier will do
//	[Circles]  a circle inside a circle         not linear, but a square is enough
//	[Moons]    two half circles that interlock  a few hidden units
//	[Spirals]  arms that wind around each other many hidden units, or two layers
//	[Houses]   areas and prices                 a line
//	[Sines]    waves, and how they go on        a recurrent network
//
// Each makes a [data.Examples] with float32 inputs. Points have the shape [n 2]
// and a class as label; Houses and Sines have targets Y.
//
// # Chance
//
// Noise, and the order of the examples, come from a generator r that the caller
// passes in: the same state of r gives the same set. With r nil the examples are
// in the order of the formula, and there must be no noise. To have training and test
// examples of the same kind, call the function twice with the same r, or divide
// one set by [data.StratifiedSplit]; the latter it must be for Blobs whose centres are
// drawn.
package synthetic
