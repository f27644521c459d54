package reports

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"ratefit/analyze"
)

// finite returns an error that names the first number in v that is NaN or
// infinite: JSON has no way to write it, and an unbounded side is left out.
func finite(v any) error {
	return finiteAt(reflect.ValueOf(v), "")
}

var (
	timeType      = reflect.TypeFor[time.Time]()
	parameterType = reflect.TypeFor[analyze.Parameter]()
)

func finiteAt(v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%s is %v: every number must be finite (leave out an unbounded side)", path, f)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return finiteAt(v.Elem(), path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := finiteAt(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := finiteAt(it.Value(), join(path, it.Key().String())); err != nil {
				return err
			}
		}
	case reflect.Struct:
		return finiteFields(v, path)
	}
	return nil
}

func finiteFields(v reflect.Value, path string) error {
	t := v.Type()
	if t == timeType || t == parameterType && v.FieldByName("Text").String() != "" {
		return nil // a parameter with a text is written as that text alone
	}
	for i := range t.NumField() {
		f := t.Field(i)
		at := path
		if !f.Anonymous {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at = join(path, name)
		}
		if err := finiteAt(v.Field(i), at); err != nil {
			return err
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
