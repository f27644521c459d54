package declared

// A Convention is one way to declare limits in response headers.
type Convention struct {
	Name  string // as in the catalogue of conventions, or of the family when members look alike
	About string // what it declares, one line

	// match reports whether the names of the headers fit; nil = always. It must
	// not look at values, so that its answer holds for every response with these
	// names.
	match func(*message) bool

	// A convention has one of the following.

	// read takes the headers of the convention from the message and adds what
	// they declare. It returns false when the values turn out to be of another
	// convention; what it did is then undone.
	read func(*message) bool

	// slots turns the limits found by rule in the names into what they mean in
	// this convention. It returns those that belong to it.
	slots func(*message, []slot) []slot

	// belong reports whether a limit found by rule is of this family.
	belong func(*slot) bool
}

// Conventions lists all conventions in the order in which they are tried, the
// most particular first. All that fit read the response, each only headers that
// none before it took; limits that one response declares in several spellings
// are merged.
var Conventions = []*Convention{
	&launch27,
	&springGateway,
	&atlassianDataCenter,
	&jiraCloud,
	&tollbooth,
	&amazonSellingPartner,
	&shopify,
	&salesforce,
	&stripe,
	&facebook,
	&kubernetes,
	&strava,
	&xandrLegacy,
	&xandr,
	&azureCompute,
	&azureCosmos,
	&dataverse,
	&riot,
	&pathOfExile,
	&binance,
	&hubspot,
	&trello,
	&bigcommerce,
	&xero,
	&linear,
	&discord,
	&gitHubModels,
	&gravitee,
	&hapi,
	&apisixAI,
	&bucket4j,
	&nestjs,
	&sentryIngest,
	&huggingFace,
	&packed,
	&ietfDraft08,
	&ietfDraft07,
	&ietfDraft04,
	&ietfDraft00,
	&envoy,
	&suffixed,
	&vendorPrefix,
	&xRateLimit,
	&bareTrio,
	&plain,
	&retryAfter,
}
