"""What goes into a database comes out of it: values of every type, schemas."""
