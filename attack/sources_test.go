package attack

import (
	"context"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestExpandSources(t *testing.T) {
	tests := []struct {
		items []string
		want  string // addresses, or the error
	}{
		{nil, ""},
		{[]string{"127.0.0.2", " 127.0.0.3 ", "127.0.0.2"}, "127.0.0.2 127.0.0.3"},
		{[]string{"::1", "fe80::1%eth0", "::ffff:10.0.0.1"}, "::1 fe80::1%eth0 10.0.0.1"},
		{[]string{"10.0.0.0/30"}, "10.0.0.1 10.0.0.2"},
		{[]string{"10.0.0.0/31"}, "10.0.0.0 10.0.0.1"},
		{[]string{"10.0.0.7/32"}, "10.0.0.7"},
		{[]string{"127.0.0.0/29", "127.0.0.3"}, "127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6"},
		{[]string{"2001:db8::/126"}, "2001:db8::1 2001:db8::2 2001:db8::3"},
		{[]string{"2001:db8::/127"}, "2001:db8:: 2001:db8::1"},
		{[]string{"2001:db8::9/128"}, "2001:db8::9"},
		{[]string{"10.0.0.1", "localhost"}, `source "localhost": not an IP address`},
		{[]string{""}, `source "": not an IP address`},
		{[]string{"10.0.0.1/33"}, `source "10.0.0.1/33": not a network`},
		{[]string{"10.0.0.5/24"}, `write 10.0.0.0/24 for the network or 10.0.0.5 for the address`},
		{[]string{"10.0.0.0/8"}, `source "10.0.0.0/8": the network has more than 1024 addresses`},
		{[]string{"10.0.0.0/21"}, "more than 1024 addresses"},
		{[]string{"2001:db8::/64"}, "more than 1024 addresses"},
		{[]string{"10.0.0.0/22", "10.1.0.0/28"}, `source "10.1.0.0/28": that makes more than 1024`},
		{[]string{"::ffff:10.0.0.0/120"}, "write it as IPv4"},
		{[]string{"0.0.0.0"}, "leave the source out"},
		{[]string{"::"}, "leave the source out"},
		{[]string{"0.0.0.0/28"}, "leave the source out"},
		{[]string{"224.0.0.1"}, "multicast"},
		{[]string{"ff02::/126"}, "multicast"},
		{[]string{"255.255.255.255"}, "broadcast"},
	}
	for _, test := range tests {
		addrs, err := ExpandSources(test.items)
		var texts []string
		for _, a := range addrs {
			texts = append(texts, a.String())
		}
		got := strings.Join(texts, " ")
		if err != nil {
			if !strings.Contains(err.Error(), test.want) || test.want == "" || len(addrs) != 0 {
				t.Errorf("%q: error %q, want %q", test.items, err, test.want)
			}
		} else if got != test.want {
			t.Errorf("%q: %s, want %s", test.items, got, test.want)
		}
	}
}

// Any network gives distinct addresses of its own, and as many as it should.
func TestExpandSourcesNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")
		raw[0] = 1 + raw[0]%200
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte(raw)), rapid.IntRange(22, 32).Draw(t, "bits")).Masked()
		addrs, err := ExpandSources([]string{p.String()})
		if err != nil {
			t.Fatal(err)
		}
		want := 1 << (32 - p.Bits())
		if want > 2 {
			want -= 2
		}
		seen := map[netip.Addr]bool{}
		for _, a := range addrs {
			if !p.Contains(a) || seen[a] {
				t.Fatalf("%s holds %s, or twice", p, a)
			}
			seen[a] = true
		}
		if len(addrs) != want {
			t.Fatalf("%s: %d addresses, want %d", p, len(addrs), want)
		}
	})
}

func FuzzExpandSources(f *testing.F) {
	for _, s := range []string{"127.0.0.2", "10.0.0.0/30", "::1/128", "fe80::1%eth0", "1.2.3.4/", "/24", "0.0.0.0/0", "::ffff:1.2.3.4/120", "255.255.255.248/29"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, item string) {
		addrs, err := ExpandSources([]string{item})
		if (err == nil) == (len(addrs) == 0) || len(addrs) > MaxSources {
			t.Fatalf("%q: %d addresses, error %v", item, len(addrs), err)
		}
		for _, a := range addrs {
			if !a.IsValid() || a.Is4In6() || a.IsUnspecified() {
				t.Fatalf("%q: address %v", item, a)
			}
			again, err := ExpandSources([]string{a.String()})
			if err != nil || len(again) != 1 || again[0] != a {
				t.Fatalf("%q: %v is not read back: %v, error %v", item, a, again, err)
			}
		}
	})
}

func TestCheckSources(t *testing.T) {
	good := netip.MustParseAddr("127.0.0.1")
	bad := netip.MustParseAddr("192.0.2.7")
	if err := CheckSources(t.Context(), []netip.Addr{good}); err != nil {
		t.Error(err)
	}
	err := CheckSources(t.Context(), []netip.Addr{good, bad})
	if err == nil {
		t.Skip("this machine can bind any address")
	}
	if text := err.Error(); !strings.HasPrefix(text, "source 192.0.2.7: ") || runtime.GOOS == "linux" && !strings.Contains(text, "ip address add 192.0.2.7/32") {
		t.Errorf("says %s", text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := CheckSources(ctx, []netip.Addr{bad}); err == nil {
		t.Error("no error after cancel")
	}
	if h := addHint(netip.MustParseAddr("127.0.0.2"), "darwin"); !strings.Contains(h, "sudo ifconfig lo0 alias 127.0.0.2") {
		t.Errorf("hint for macOS: %s", h)
	}
	if h := addHint(good, "windows"); !strings.Contains(h, "network interface") {
		t.Errorf("hint for Windows: %s", h)
	}
}

func TestLocalAddr(t *testing.T) {
	for target, want := range map[string]string{
		"http://127.0.0.1:80/": "127.0.0.1",
		"http://127.0.0.1/":    "127.0.0.1",
		"http://%":             "local",
		"http://127.0.0.1:x/":  "local",
	} {
		if got := localAddr(t.Context(), target); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}
