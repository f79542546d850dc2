"""What liqbot says, before any platform has dressed it.

`facts` is what a history says about itself, `numbers` how figures are written, `words` and
`badges` the sentences and short warnings made of them. `richtext` is formatted text, `message`
what is sent, `messenger` how; `arguments` is how the words of users become values.
"""
