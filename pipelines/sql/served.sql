select definitions from serving.build
