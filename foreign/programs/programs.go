// Package programs builds ratefit and vegeta, to be run side by side.
package programs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds both programs into a folder and returns their names.
func Build(dir string) (ratefit, vegeta string, err error) {
	ratefit, vegeta = filepath.Join(dir, "ratefit"), filepath.Join(dir, "vegeta")
	for program, path := range map[string]string{ratefit: "ratefit", vegeta: "github.com/tsenart/vegeta/v12"} {
		cmd := exec.Command("go", "build", "-o", program, path)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return "", "", fmt.Errorf("go build %s: %w", path, err)
		}
	}
	return ratefit, vegeta, nil
}
