select count(*) from flags where flag = 'conflict'
