create table facts.{kind} ({columns})
