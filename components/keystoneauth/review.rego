# Answers API servers' questions about tokens that are not the cluster's: whose
# are they in Keystone? Whatever is not said here is no: without an answer the API
# server refuses the token.
package keystone

review := {
	"apiVersion": input.apiVersion,
	"kind": "TokenReview",
	"status": status,
}

# Reasons are for the API server's log; the client learns that it is refused.
status := refused("Keystone does not answer") if {
	not answer.status_code in {200, 401, 403, 404}
} else := refused("Keystone does not know the token") if {
	answer.status_code != 200
} else := refused("the token is of no project that may log in") if {
	not admitted
} else := {
	"authenticated": true,
	"user": user,
}

refused(reason) := {
	"authenticated": false,
	"error": reason,
}

# A token that is of no project at all is not admitted either.
admitted if data.settings.projects[token.project.id]

# The token itself is what Keystone is asked with, so no credential is needed.
answer := http.send({
	"method": "GET",
	"url": concat("", [data.settings.url, "/auth/tokens?nocatalog"]),
	"headers": {
		"X-Auth-Token": input.spec.token,
		"X-Subject-Token": input.spec.token,
	},
	"tls_use_system_certs": data.settings.systemAuthorities,
	"tls_ca_cert": data.settings.authority,
	"timeout": "10s",
	"enable_redirect": false,
	"raise_error": false,
})

token := answer.body.token

# Names in Keystone are anybody's to choose who may make users or roles there: the
# prefix keeps them from being names that Kubernetes gives rights to. A domain's
# id has no colon.
user := {
	"username": concat(":", ["keystone", token.user.domain.id, token.user.name]),
	"uid": token.user.id,
	"groups": groups,
	"extra": {
		"keystone.openstack.org/project-id": [token.project.id],
		"keystone.openstack.org/project-name": [token.project.name],
	},
}

groups := array.concat(
	[concat(":", ["keystone", "project", token.project.id])],
	sort([concat(":", ["keystone", "role", role.name]) | some role in token.roles]),
)
