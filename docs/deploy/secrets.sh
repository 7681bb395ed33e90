#!/bin/sh
# Makes what nobody else may know, in ./secrets, once; compose.yaml names these files, kubernetes/ is given the same.
set -eu
umask 077
if [ -e secrets ]; then
    echo "secrets: there are some already; move them away first" >&2
    exit 1
fi
mkdir secrets

random() {
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

database=$(random)
key=$(random)
printf 'POSTGRES_PASSWORD=%s\n' "$database" > secrets/database.env
printf 'PGPASSWORD=%s\nAWS_ACCESS_KEY_ID=newswarc\nAWS_SECRET_ACCESS_KEY=%s\n' "$database" "$key" > secrets/newswarc.env
printf 'NEWSWARC_TOKEN=%s\n' "$(random)" > secrets/room.env
echo 'NEWSWARC_ALERTS=' > secrets/alerts.env # Apprise URLs, apart by blanks: whoever is to be told
cat > secrets/s3.json <<END
{"identities": [{"name": "newswarc", "credentials": [{"accessKey": "newswarc", "secretKey": "$key"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
END
