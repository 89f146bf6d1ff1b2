package mirror

import (
	"io/fs"
	"net/http"
	"os"
)

// filesHandler serves <artifacts>/files. It opens the folder anew for each
// request, since `make tools` may replace it while the mirror runs.
type filesHandler struct{ artifacts string }

func (h filesHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// os.Root refuses every way out, symbolic links included; the root is one
	// level up so that a file may be a link to its compiled twin in bin/.
	root, err := os.OpenRoot(h.artifacts)
	if err != nil {
		http.Error(w, "no artifacts yet: run `make tools`", http.StatusNotFound)
		return
	}
	defer root.Close()
	files, err := fs.Sub(root.FS(), "files")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.FileServerFS(files).ServeHTTP(w, r)
}
