package attack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"runtime"
	"strings"
	"syscall"
)

// MaxSources is how many addresses [ExpandSources] returns at most.
const MaxSources = 1024

// ExpandSources returns the addresses that the items name, in order and
// without duplicates. An item is an address, or a network in CIDR notation,
// which stands for all of its addresses that a host can have: without the
// first and last of an IPv4 network up to /30, and without the first of an
// IPv6 network up to /126. Errors name the item.
func ExpandSources(items []string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	seen := make(map[netip.Addr]bool)
	for _, item := range items {
		expanded, err := expand(strings.TrimSpace(item))
		if err != nil {
			return nil, fmt.Errorf("source %q: %w", item, err)
		}
		for _, a := range expanded {
			if seen[a] {
				continue
			}
			seen[a] = true
			addrs = append(addrs, a)
		}
		if len(addrs) > MaxSources {
			return nil, fmt.Errorf("source %q: that makes more than %d addresses", item, MaxSources)
		}
	}
	return addrs, nil
}

func expand(item string) ([]netip.Addr, error) {
	if !strings.Contains(item, "/") {
		a, err := netip.ParseAddr(item)
		if err != nil {
			return nil, errors.New("not an IP address; write 192.0.2.1, 2001:db8::1, or a network such as 192.0.2.0/28")
		}
		a = a.Unmap()
		return []netip.Addr{a}, usable(a)
	}
	p, err := netip.ParsePrefix(item)
	if err != nil {
		return nil, errors.New("not a network in CIDR notation; write 192.0.2.0/28 or 2001:db8::/124")
	}
	if p.Addr().Is4In6() {
		return nil, errors.New("an IPv4 network in IPv6 form; write it as IPv4")
	}
	if p != p.Masked() {
		return nil, fmt.Errorf("an address inside a network; write %s for the network or %s for the address", p.Masked(), p.Addr())
	}
	if err := usable(p.Addr()); err != nil {
		return nil, err
	}
	host := p.Addr().BitLen() - p.Bits()
	if host > 11 {
		return nil, fmt.Errorf("the network has more than %d addresses", MaxSources)
	}
	return hosts(p, host), nil
}

// hosts lists the addresses of a network that a host can have. host is the
// number of bits that tell them apart.
func hosts(p netip.Prefix, host int) []netip.Addr {
	first, last := 0, 1<<host
	if host >= 2 {
		first++ // the network itself, or IPv6's subnet-router anycast address
		if p.Addr().Is4() {
			last-- // broadcast
		}
	}
	var addrs []netip.Addr
	a := p.Addr()
	for i := range last {
		if i >= first {
			addrs = append(addrs, a)
		}
		a = a.Next()
	}
	return addrs
}

// usable says why nobody can send from a.
func usable(a netip.Addr) error {
	switch {
	case a.IsUnspecified():
		return errors.New("the unspecified address; leave the source out to let the system choose")
	case a.IsMulticast():
		return errors.New("a multicast address; nobody can send from it")
	case a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return errors.New("the broadcast address; nobody can send from it")
	}
	return nil
}

// CheckSources tries to bind each address, and says of the first that cannot
// be bound why, and what to try. It sends nothing.
func CheckSources(ctx context.Context, addrs []netip.Addr) error {
	var lc net.ListenConfig
	for _, a := range addrs {
		l, err := lc.Listen(ctx, "tcp", netip.AddrPortFrom(a, 0).String())
		if err == nil {
			_ = l.Close()
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if isAny(err, unbindable) {
			return fmt.Errorf("source %s: not an address of this machine: %s", a, addHint(a, runtime.GOOS))
		}
		var errno syscall.Errno
		if errors.As(err, &errno) {
			return fmt.Errorf("source %s: cannot be bound: %w", a, errno)
		}
		return fmt.Errorf("source %s: cannot be bound: %w", a, err)
	}
	return nil
}

// addHint says how to give the address a to a machine that runs goos.
func addHint(a netip.Addr, goos string) string {
	switch {
	case goos == "darwin" && a.IsLoopback():
		return fmt.Sprintf("add it (sudo ifconfig lo0 alias %s) or leave it out", a)
	case goos == "linux":
		return fmt.Sprintf("add it (ip address add %s/%d dev INTERFACE) or leave it out", a.WithZone(""), a.BitLen())
	}
	return "add it to a network interface or leave it out"
}

// localAddr returns the address that the system would send from to a target.
// It sends nothing to the target, but may ask a name server.
func localAddr(ctx context.Context, target string) string {
	const unknown = "local"
	u, err := url.Parse(target)
	if err != nil {
		return unknown
	}
	port := u.Port()
	if port == "" {
		port = "443" // any will do
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return unknown
	}
	defer c.Close()
	a, ok := c.LocalAddr().(*net.UDPAddr)
	if !ok {
		return unknown
	}
	return a.AddrPort().Addr().Unmap().String()
}
