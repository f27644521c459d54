package command

import (
	"runtime/debug"
	"testing"
)

func TestVersionOf(t *testing.T) {
	settings := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}}
	for _, test := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "(devel)"},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: settings}, "v1.2.3"},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: settings}, "devel-0123456789ab+dirty"},
		{debug.BuildInfo{Settings: settings[:1]}, "devel-0123456789ab"},
	} {
		if got := versionOf(&test.info); got != test.want {
			t.Errorf("versionOf(%+v) = %q, want %q", test.info, got, test.want)
		}
	}
}
