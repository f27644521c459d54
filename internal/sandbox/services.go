package sandbox

import (
	"net/http"
	"slices"
)

// A service is something that can be booked.
type service struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Minutes int    `json:"minutes"`
}

// services lists what the tenant offers.
var services = []service{
	{1, "Windows", 60},
	{2, "Kitchen", 90},
	{3, "Whole flat", 180},
}

func offered(id int64) bool {
	return slices.ContainsFunc(services, func(s service) bool { return s.ID == id })
}

// listServices answers GET /services.
func listServices(*Sandbox, request) (action, *answer) {
	return func() answer { return object(http.StatusOK, services) }, nil
}
