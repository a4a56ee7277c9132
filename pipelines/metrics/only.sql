-- Some columns of a query: what is not asked for is not computed.
select {columns} from ({query}) as whole
