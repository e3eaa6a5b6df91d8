package table

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// anEncoder has learned from all kinds of columns.
func anEncoder(t testing.TB) (*Encoder, *Table) {
	tab, err := Read(strings.NewReader(passengers), Options{Missing: []string{"?"}})
	require.NoError(t, err)
	e := &Encoder{Target: "Survived", Rules: map[string]Rule{"Port": {Index: true}, "Fare": {Winsorise: 0.1}}}
	require.NoError(t, e.Fit(tab))
	return e, tab
}

func TestSavedEncoderIsTheSame(t *testing.T) {
	e, tab := anEncoder(t)
	saved, err := json.Marshal(e)
	require.NoError(t, err)
	var loaded Encoder
	require.NoError(t, json.Unmarshal(saved, &loaded))
	again, err := json.Marshal(&loaded)
	require.NoError(t, err)
	require.Equal(t, string(saved), string(again))
	require.Equal(t, e.String(), loaded.String())
	require.Equal(t, e.Options(), loaded.Options())
	require.Equal(t, []string{"?"}, loaded.Options().Missing)
	require.Equal(t, HeaderPresent, loaded.Options().Header)
	require.Equal(t, e.Features(), loaded.Features())

	x, y := &Encoded{}, &Encoded{}
	require.NoError(t, e.ApplyWithTarget(x, tab))
	require.NoError(t, loaded.ApplyWithTarget(y, tab))
	require.Equal(t, tensor.Values(x.X), tensor.Values(y.X))
	require.Equal(t, x.Index, y.Index)
	require.Equal(t, x.Labels, y.Labels)

	none := &Encoder{Target: "y"}
	require.NoError(t, none.Fit(read(t, "x,y\n1,1.5\n2,2\n", Options{Missing: []string{}})))
	saved, err = json.Marshal(none)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(saved, &loaded))
	require.Equal(t, []string{}, loaded.Options().Missing, "no words at all are not the default")
	require.Equal(t, none.Values(tensor.Ones(2)), loaded.Values(tensor.Ones(2)))
}

// What no Fit could have learned is refused.
func TestDamagedEncoders(t *testing.T) {
	e, _ := anEncoder(t)
	b, err := json.Marshal(e)
	require.NoError(t, err)
	whole := string(b)
	damages := []struct{ old, new, want string }{
		{whole, "null", "its format is 0, want 1"},
		{whole, "{}", "its format is 0, want 1"},
		{whole, "[]", "cannot unmarshal array"},
		{whole, `{"format":1}`, "it has no columns"},
		{whole, `{"format":1,"scale":1,"columns":[null]}`, "its kind is detected"},
		{whole, strings.Repeat("[", 20000), "depth"},
		{`"format":1`, `"format":2`, "its format is 2, want 1"},
		{`"format":1`, `"format":1e999`, "cannot unmarshal number"},
		{`"format":1`, `"format":1,"extra":1`, "unknown field"},
		{`"task":"classification"`, `"task":"prophecy"`, `there is no task "prophecy"`},
		{`"task":"classification"`, `"task":"detected"`, "a target and no task"},
		{`"task":"classification"`, `"task":"regression"`, "its task is regression"},
		{`"target":"Survived"`, `"target":""`, "classes and no target"},
		{`"target":"Survived"`, `"target":"Age"`, `it has the column "Age" twice`},
		{`"name":"Age"`, `"name":"Class"`, `it has the column "Class" twice`},
		{`"classes":["no","yes"]`, `"classes":[]`, "it has 0 classes"},
		{`"classes":["no","yes"]`, `"classes":["no","no"]`, `the class "no" twice`},
		{`"yes"],"shift":0,"scale":1}`, `"yes"],"shift":0,"scale":0}`, "the scale of the target is 0"},
		{`"yes"],"shift":0,"scale":1}`, `"yes"],"shift":0,"scale":-1}`, "the scale of the target is -1"},
		{`"header":"present"`, `"header":"hidden"`, `there is no header "hidden"`},
		{`"read":{`, `"read":{"separator":34,`, "the separator is"},
		{`"read":{`, `"read":{"separator":300,`, "cannot unmarshal number"},
		{`"kind":"number"`, `"kind":"text"`, "its kind is text"},
		{`"kind":"number"`, `"kind":"date"`, "it is a date with the layout"},
		{`"kind":"number"`, `"kind":"category"`, "it is a category and has parts"},
		{`"kind":"category"`, `"kind":"number"`, "it is a number and has names"},
		{`"kind":"number"`, `"kind":7`, "cannot unmarshal number"},
		{`"kind":"number"`, `"kind":"number","layout":"x"`, `it is a number with the layout "x"`},
		{`"fill_place":-1,"index":true`, `"fill_place":2,"index":true`, "missing values are number 2 of them"},
		{`"fill_place":-1,"index":true`, `"fill_place":-2,"index":true`, "missing values are number -2 of them"},
		{`"names":["C","S"]`, `"names":["C","C"]`, `the name "C" twice`},
		{`"names":["C","S"]`, `"names":[]`, "it has 0 names"},
		{`"high":`, `"high":-`, "not in order"},
		{`"high":`, `"fill":`, "not in order"},
		{`"what":"value"`, `"what":"year"`, "a number with the part year"},
		{`"what":"hour sin"`, `"what":"value"`, "a date with the part value"},
		{`"what":"hour sin"`, `"what":"decade"`, `there is no part "decade"`},
		{`"parts":[{"what":"value"`, `"parts":[],"names":[{"what":"value"`, "cannot unmarshal object"},
		{`"scale":`, `"scale":-`, "its part value has the scale -"},
		{`"parts":[`, `"parts":[null,`, "has the scale 0"},
	}
	require.GreaterOrEqual(t, len(damages), 35)
	for _, d := range damages {
		damaged := strings.Replace(whole, d.old, d.new, 1)
		require.NotEqual(t, whole, damaged, "%s is not there", d.old)
		before := e.String()
		require.ErrorContains(t, json.Unmarshal([]byte(damaged), e), d.want, d.new)
		require.Equal(t, before, e.String())
	}
	for n := range len(whole) {
		require.Error(t, json.Unmarshal([]byte(whole[:n]), e))
	}
}

func FuzzEncoder(f *testing.F) {
	e, tab := anEncoder(f)
	b, err := json.Marshal(e)
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"format":1,"task":"regression","target":"y","read":{},"columns":[{"name":"Age","kind":"number","fill":0,"fill_place":-1,"parts":[{"what":"value","shift":1,"scale":1e-300}]}],"shift":1e300,"scale":1e300}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var e Encoder
		if json.Unmarshal(b, &e) != nil {
			require.Empty(t, e.columns)
			return
		}
		saved, err := json.Marshal(&e)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(saved, &e))
		require.NotEmpty(t, e.String())
		if x, err := e.Apply(tab); err == nil {
			require.Equal(t, []int{len(x.Rows), len(e.Features())}, x.X.Shape())
			require.Len(t, x.Index, len(e.IndexColumns()))
		}
		_, _ = e.Examples(tab)
	})
}
