package trace

// known reports whether k is one of the kinds of this version.
func (k ErrorKind) known() bool {
	switch k {
	case ErrUnsent, ErrDNS, ErrDial, ErrTLS, ErrTimeout, ErrReset, ErrProtocol, ErrCanceled, ErrOther:
		return true
	}
	return false
}

// kindOf is the kind with this name. A name that this version does not know
// reads as [ErrOther], the kind that claims least.
func kindOf(name string) ErrorKind {
	if k := ErrorKind(name); k == "" || k.known() {
		return k
	}
	return ErrOther
}
