select distinct model from serving.refined
