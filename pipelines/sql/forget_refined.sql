delete from serving.refined
