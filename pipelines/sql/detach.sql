detach facts
