"""What the lists of people, companies, machines and worksites are narrowed and sorted by; the filter is the address."""
