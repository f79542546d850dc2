"""Where the numbers of answers come from: what each is made of, and who told it.

What an answer says is worked out again, and taken apart into what it is the sum of. Nothing is
estimated here: a part is what the engine, the walk or the tape holds, or the difference of two.
"""
