"""What other native modules use of the headers in C."""

cpdef read_known(headers, dict kinds, int first_year, int end_year)
cpdef write_time(time)
