"""The command line: `main` is where it begins; each other command is the file of its name.

A command's file says what can be asked and loads what answers only once it is asked, so that
`liqbot --help` imports neither numpy nor numba. What answers stands beside them: `look` reads a
recording as it was at a moment, `document` and `table` say a history in JSON and on a terminal,
`report` says a proof in both. `options` says what options mean and `when` how times are written;
`terminal` and `files` are the two ways out.

Why `main` catches every error of the tree: whoever raised one has said what would work, so one
red line is all that people need to see.
"""
