-- One row a statement about a person, with the positions of the log from which and until which it stood: until its fact
-- was stated anew, or retracted. So it can be asked what stood at any position, without a build as known there.
{{ spans_of(ref('int_statements')) }}
