-- From here on the names of the bucket tables mean their rows by the hour; other tables stay.
use hours
